/**
 * The bounds of the profile (docs/formats/rules-profile.md section 7). They are part of what a rule means: another
 * engine that re-performs our results has to refuse what we refuse.
 */

/** Changes whenever any verdict could: assessment runs record it beside the rules. */
export const RULES_VERSION = "countersign-cel/1";

/** Characters (UTF-16 code units) of a rule's source. */
export const MAX_SOURCE_LENGTH = 8_000;

/** Levels of operators, calls, fields and brackets inside each other. A chain of && or of || counts once. */
export const MAX_DEPTH = 32;

/** Elements of one list literal. */
export const MAX_LIST_LITERAL = 500;

/** Characters of a regular expression. */
export const MAX_PATTERN_LENGTH = 256;

/** Visits in one evaluation. Counted, not timed, so that the same item has the same verdict on every machine. */
export const MAX_VISITS = 100_000;

/** A concatenation costs one visit for each such number of characters in its result. */
export const CONCAT_CHARACTERS_PER_VISIT = 1_024;

/** A search costs one visit for each such number of comparisons it may need at worst. */
export const SEARCH_COMPARISONS_PER_VISIT = 4_096;

/** A regular expression costs one visit for each such number of characters it is run over. */
export const PATTERN_CHARACTERS_PER_VISIT = 16;

/**
 * Gaps of a program: what the company does not say of its system, or says in two places that do not agree, on a day. Not the
 * gaps of a source (a time without records), which `Gap` names.
 */
import type { LocalDate } from "@countersign/kernel";
import type { DataFlow, DataStore, InForce, Person, Program, System } from "@countersign/program";
import type { PersonId } from "@countersign/records";

export type ProgramGap = {
  /** Which check found it; stays the same from version to version. */
  readonly code: string;
  /** What was found, in a sentence. */
  readonly what: string;
  /** Ids of what it rests on, `program/COLLECTION/ID@FROM/MEMBER` (decision 0019); those that are not said are among them. */
  readonly facts: readonly string[];
  /** Who answers for the thing, where somebody does who has not left. */
  readonly owner?: PersonId;
  /** Those in the program's categories that it bears on. */
  readonly criteria: readonly string[];
  readonly why: string;
  readonly next: string;
  /** 1 is what a customer's reviewer would ask first. */
  readonly ask: number;
};

/** What a check has found of one thing. */
export type Found = Pick<ProgramGap, "what" | "facts"> & {
  readonly owner?: PersonId | undefined;
  /** Where it differs from the check's own. */
  readonly next?: string;
};

export type Check = {
  readonly code: string;
  /** Each of which at least one is a common criterion, so that it never is empty. */
  readonly criteria: readonly string[];
  readonly why: string;
  readonly next: string;
  readonly look: (seen: Seen) => readonly Found[];
};

type Said<D> = D extends { readonly versions: readonly (infer V)[] } ? V : never;

/** What is said of a thing on the day, under its id. */
export type On<T> = T & InForce & { readonly id: string };

export type SystemOn = {
  readonly [C in keyof System]: readonly (Said<System[C][number]> & { readonly id: string })[];
};

/** The program as it is on one day. */
export type Seen = {
  readonly program: Program;
  readonly system: System;
  readonly day: LocalDate;
  readonly on: SystemOn;
  readonly people: ReadonlyMap<PersonId, Person>;
  /** By component. */
  readonly storesOf: ReadonlyMap<string, readonly On<DataStore>[]>;
  /** By where they end. */
  readonly flowsTo: ReadonlyMap<string, readonly On<DataFlow>[]>;
};

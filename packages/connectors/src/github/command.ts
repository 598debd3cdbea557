/** The commands that save what this connector reads. They only read from GitHub. */

/**
 * What `gh pr list` is asked for. `commits` is left out on purpose: asked for in a list it needs 100 × 100 × 100 nodes a
 * page, and GitHub refuses more than 500,000 (cli/cli#5114).
 */
export const PULL_FIELDS: readonly string[] = [
  "number",
  "title",
  "url",
  "author",
  "createdAt",
  "mergedAt",
  "mergedBy",
  "mergeCommit",
  "baseRefName",
  "headRefName",
  "headRefOid",
  "isCrossRepository",
  "labels",
  "reviews",
  "statusCheckRollup",
];

export function listCommand(repository: string, branch: string, limit: number): string {
  return `gh pr list --repo ${repository} --state merged --base ${branch} --limit ${limit} --json ${PULL_FIELDS.join(",")}`;
}

const CONTEXTS =
  "__typename ...on CheckRun{name status conclusion startedAt completedAt checkSuite{workflowRun{workflow{name}}}} ...on StatusContext{context state createdAt}";

/** Shows what `gh pr list` cannot: that no page is missing, which accounts are apps, and when the last commit was made. */
export const PULLS_QUERY =
  "query($owner:String!,$name:String!,$branch:String!,$endCursor:String){rateLimit{resetAt} repository(owner:$owner,name:$name){" +
  "pullRequests(states:MERGED,baseRefName:$branch,first:50,after:$endCursor,orderBy:{field:CREATED_AT,direction:ASC}){totalCount pageInfo{hasNextPage endCursor} nodes{" +
  "number title url createdAt mergedAt baseRefName headRefName headRefOid isCrossRepository author{__typename login ...on User{name}} mergedBy{__typename login ...on User{name}} mergeCommit{oid} " +
  "labels(first:20){totalCount nodes{name}} " +
  "reviews(first:100){totalCount pageInfo{hasNextPage} nodes{state submittedAt author{__typename login} commit{oid}}} " +
  `commits(last:1){totalCount nodes{commit{oid committedDate statusCheckRollup{contexts(first:100){totalCount pageInfo{hasNextPage} nodes{${CONTEXTS}}}}}}}` +
  "}}}}";

export function queryCommand(repository: string, branch: string): string {
  const [owner = "OWNER", name = "NAME"] = repository.split("/");
  return `gh api graphql --paginate -f owner=${owner} -f name=${name} -f branch=${branch} -f query='${PULLS_QUERY}'`;
}

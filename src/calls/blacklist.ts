/** FreePBX and Issabel answer in this context, and only there, whom the blacklist turns away (reference ari.md 6.2). */
export const BLACKLIST_CONTEXT = 'app-blacklist-check'

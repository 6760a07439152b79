/**
 * Revision of the rules that decide commands of an order's workflow: what it sends to ESW, and which attentions its search
 * attribute lists. A run keeps the revision that it began with, so that its history replays; later runs of the order, by
 * continue-as-new or reopen, begin with the current one. Absent, and 0, for runs that began before revisions existed.
 *
 * 1: attentions are acknowledged by stable keys, CANCELLED_BY_BROKER, a cancelled order whose children are all filled is a
 * contradiction, corrections after the end. 2: changed terms need attention; age alone holds an order that is first seen late.
 * 3: a FILLED order is not cancelled, and the wait for the result of a cancel ends with it. 4: the index has the partners that
 * fail, and the time of settlement only while one is due. 5: an amount that no JSON number holds is sent as text, and needs
 * attention; so do an execution of several child orders, and an order of
 * several placements; while emission is held, a resend waits for the release. 6: the order is saved in the records database, and
 * ends only once its final record is stored. 7: timers are left running when a wait moves to later. 8: one
 * read answers what falls due, or is requested, within the debounce after it began. 9: the index gets what asks for no action
 * together with ESW's answers; the last batch of events stores the final record.
 *
 * Policies and calendar travel in the workflow's input, so that rules which an absent policy turns off, such as trading hours,
 * need no revision.
 */
export const CURRENT_REVISION = 9;

/** Where the queues are to be looked at, without people. */
export const queuesPath = '/queues';
/** Where they are to be looked at with people, by whoever has asked for that. */
export const queuesWithPeoplePath = '/queues-with-people';

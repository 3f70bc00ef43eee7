// Comes before all that the worker reads from there: what is kept on the phone and how it is sent. The page has fetched that file
// already, and its name changes with its content, so the browser need not ask for it again.
/* global KEPT_AND_SENT */
importScripts(KEPT_AND_SENT)

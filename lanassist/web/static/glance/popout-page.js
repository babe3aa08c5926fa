// @ts-check
// /supervisor/popout: the window of a glance that runs in the page that opened it, which also draws into it.

import { READY } from "./ready.js";

window.opener?.postMessage(READY, location.origin);

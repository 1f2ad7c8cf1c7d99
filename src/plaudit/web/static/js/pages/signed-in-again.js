// Signed in again in a window of its own: the page that asked hears of it, and this one closes.
import { tellSignedIn } from "../signing-in.js";

tellSignedIn();
window.close();

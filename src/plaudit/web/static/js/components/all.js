// Every component of a live page in one import.
import "./coin-count.js";
import "./gift-stage.js";
import "./gift-tray.js";
import "./combo-button.js";
import "./gift-feed.js";
import "./chat-log.js";
import "./room-figures.js";
import "./gift-sound.js";

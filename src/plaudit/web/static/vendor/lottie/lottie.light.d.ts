export { default } from "lottie-web";

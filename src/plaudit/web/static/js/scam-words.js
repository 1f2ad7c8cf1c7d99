// Whether words that somebody types could be about buying coins elsewhere: then a calm line says where they are sold.

const COINS = /\b(coins?|münzen?|monedas?|moedas?|koin)\b|コイン/iu;
const ELSEWHERE = /https?:|www\.|\b[\w-]+\.(com|net|org|shop|store|gg|me|io)\b|\b(telegram|whats ?app|discord|paypal)\b|\b(cheap|cheaper|discount|billig|barat[oa]s?|murah)\b|安く|割引/iu;

/** Whether words speak both of coins and of another place or price. @param {string} text */
export const mayBeASale = (text) => COINS.test(text) && ELSEWHERE.test(text);

-- Prices are written by `publish_price_book` alone, out of what was decided.
revoke insert on price_book, price_seller, price, package from plaudit_app;

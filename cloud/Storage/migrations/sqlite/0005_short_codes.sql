-- Forty bits are not enough to be alone among all coupons ever; a till finds the open one of two.
DROP INDEX coupons_by_short_code;
CREATE INDEX coupons_by_short_code ON coupons (venue, short_code);

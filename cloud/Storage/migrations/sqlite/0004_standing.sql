-- How much of a visit it was: 0 not known, 1 passer-by, 2 visitor, 3 engaged, 4 staff or fixed.
ALTER TABLE visits ADD COLUMN standing INTEGER NOT NULL DEFAULT 0;

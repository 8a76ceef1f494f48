-- What stands in payment batches.

-- name: insert_payment_order
INSERT INTO register.payment_orders (dote_id, n, batch_id)
VALUES (%(dote_id)s, %(n)s, %(batch_id)s)

-- name: remove_payment_order
DELETE FROM register.payment_orders WHERE dote_id = %(dote_id)s AND n = %(n)s

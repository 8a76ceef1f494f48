-- Who has an account is found as quickly as who has a name.

CREATE INDEX payees_by_iban ON payees (iban_token);

#!/bin/sh
# Creates and updates Temporal's two databases, with the schemas in temporal-sql-tool. Idempotent.
set -eu

sql() {
  temporal-sql-tool --plugin postgres12 --ep "$POSTGRES_SEEDS" --port "$DB_PORT" --user "$POSTGRES_USER" "$@"
}

for pair in temporal:temporal temporal_visibility:visibility; do
  database=${pair%%:*}
  sql --db "$database" create
  # Fails if the schema already exists; the update below then reports any real problem.
  sql --db "$database" setup-schema --version 0.0 || echo "$database has a schema already"
  sql --db "$database" update-schema --schema-name "postgresql/v12/${pair##*:}"
done

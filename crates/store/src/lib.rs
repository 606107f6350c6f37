//! The SQL: rows to domain and back, leases, migrations, read models.

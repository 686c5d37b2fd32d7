"""How records are kept: tables, transactions, batches and the journal behind them; no HTTP."""

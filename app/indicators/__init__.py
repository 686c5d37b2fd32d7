"""Numbers out: indicators of a programme, from one state, with what stands behind them."""

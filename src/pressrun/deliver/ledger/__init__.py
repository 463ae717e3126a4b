"""The stores of the ledger, behind one small interface."""

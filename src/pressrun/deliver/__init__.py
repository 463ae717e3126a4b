"""Issues go out exactly once: plan, ledger, providers, and the one function that reaches readers."""

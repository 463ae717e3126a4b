"""Issues go out exactly once: plan, ledger, providers, and the one place that reaches readers."""

"""Stateful fakes of providers, for the whole real client to talk to."""

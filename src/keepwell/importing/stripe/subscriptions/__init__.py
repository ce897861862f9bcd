"""Subscriptions of Stripe as rows: their periods, prices and days."""

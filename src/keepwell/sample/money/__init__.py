"""What customers pay: cards, invoices, charges, refunds and dunning."""

"""Reports of a period: movements, retention, churn, cohorts and lifetime value, and all of them by step."""

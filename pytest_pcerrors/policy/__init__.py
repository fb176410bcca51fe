"""What applies to a run: severities, allowances, hosts; and the verdicts on responses and recordings."""

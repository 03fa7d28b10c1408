"""Work that outlives a request: queued, resumed, cancelled."""

"""Long works: asked for on a page, done by the bulk queue, seen by whoever asked, whatever is closed or killed."""

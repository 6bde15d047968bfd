"""Pages for everybody: looking a credential up."""

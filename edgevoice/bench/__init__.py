"""How quick is it here? Conversations that are held to be measured: `edgevoice bench`."""

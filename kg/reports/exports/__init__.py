"""The graph for other programs: tables, network tools, graph databases, plans as XML."""

"""The facts tables that statistics and rules may see, and the engines that read them; no Django."""

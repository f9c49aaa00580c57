"""What leaves the house as a paper: sheets (XLSX, CSV), pictures (SVG, PNG) and set pages (PDF). No Django."""

"""Bytes to raw cells, in a child process that may die without harm."""

# The names that a walked folder takes for spreadsheets, and those that the upload page takes besides: what a file really is, its bytes say.
SPREADSHEETS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".et", ".ett", ".ods", ".fods", ".csv")
ENDINGS = (*SPREADSHEETS, ".txt", ".tsv", ".html", ".htm", ".mht", ".mhtml", ".xml")

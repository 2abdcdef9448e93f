"""Bytes to raw cells, in a child process that may die without harm."""

# The names that a walked folder and the upload page take for spreadsheets; what a file really is, its bytes say.
ENDINGS = (".xlsx", ".xlsm", ".xlsb", ".xls", ".et", ".ett", ".ods", ".csv", ".txt", ".html", ".htm", ".mht", ".mhtml", ".xml")

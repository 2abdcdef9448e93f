"""The monthly bulletin (工会工作月度通报): facts of a month, their words, the workbook and the printed page."""

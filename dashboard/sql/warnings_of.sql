-- One row per warning on a township's uploads of the month that are in force, with the clerk's explanation.
select submission_id, sheet, cell, field, found, message, remedy, explanation from problem where township_code = $township and period = $period order by sheet, cell

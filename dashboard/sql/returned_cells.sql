-- One row per cell that the county pinned a remark to when it last returned the upload.
select c.sheet, c.cell, c.note from decision_cell as c
where c.submission_id = $submission and c.sequence = (select max(sequence) from decision where action = 'return' and submission_id = $submission) order by c.sheet, c.cell

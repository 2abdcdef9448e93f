-- One row per person helped whose number was given, however often and by whom, those helped most often first; payments without a number cannot be told apart.
select any_value(r.recipient_name) as name, string_agg(distinct t.township, '、') as townships, count(*) as payments, sum(r.amount) as amount,
    string_agg(distinct r.category, '、') as categories
from relief as r join township as t using (township_code)
where r.period between $first and $last and r.id_number_hash is not null and ($place = '' or r.township_code = $place)
group by r.id_number_hash order by payments desc, amount desc, townships

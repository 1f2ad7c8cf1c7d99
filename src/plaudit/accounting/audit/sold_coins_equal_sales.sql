-- On each closed day what coins were sold for is what the sales of each entity brought, without tax.
select shard, day, entity, region, channel, currency, sold_minor, gross_sales_minor, sale_tax_minor
from accounting_day where entity <> '' and sold_minor <> gross_sales_minor - sale_tax_minor;

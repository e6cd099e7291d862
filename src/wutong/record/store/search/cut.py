"""Where a page ends: at the number of rows that was asked for, or before their bodies have too many bytes together."""

from psycopg import sql

from wutong.record.store.search.values import Values

MOST_BYTES = 16 * 1024 * 1024  # of the bodies on a page, which is in memory whole: of 500 documents it can be 10 GB
# A body's length is known without reading the body. `fetched`: with the one that says whether there is more.
_CUT = sql.SQL(
    "select fetched, pg_current_snapshot()::text, {columns} from ("
    "select page.*, row_number() over in_order as place, sum(octet_length(body)) over in_order as bytes,"
    " count(*) over () as fetched from ({found}) as page"
    " window in_order as (order by {order} rows unbounded preceding)"
    ") as page where place = 1 or (bytes <= {most_bytes} and place <= {count}) order by place"
)


def cut(
    columns: sql.Composable, found: sql.Composable, order: sql.Composable, count: int, values: Values
) -> sql.Composed:
    """The statement of a page: how many rows `found` has, the snapshot, and the columns of those that fit.

    `found`: a select with a `body`, of one row more than `count`. The first row always fits.
    """
    most_bytes = values.put(MOST_BYTES)
    return _CUT.format(columns=columns, found=found, order=order, count=values.put(count), most_bytes=most_bytes)

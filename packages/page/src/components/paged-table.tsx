/**
 * A list that the console tells page by page, as a table; on phones each row is a card. Rows can be chosen: one, some, all of the page, or all there are.
 */
import { Button, Group, Skeleton, Text, VisuallyHidden } from '@mantine/core';
import { type ReactNode, useEffect, useMemo, useRef } from 'react';
import type { Page } from '../api/documents.ts';
import type { Slice } from '../api/queries.ts';
import { numberText } from '../text/count.ts';
import { Icon } from './icon.tsx';
import classes from './paged-table.module.css';
import {
  everythingSelected,
  isSelected,
  nothingSelected,
  type Selection,
  selectedCount,
  withSelected,
} from './selection.ts';

export interface Column<Row> {
  /** Stands above it, and before each value on phones. */
  readonly header: string;
  readonly cell: (row: Row) => ReactNode;
  /** CSS width; what it needs without. */
  readonly width?: string;
}

export interface Choosing<Row> {
  readonly selection: Selection<Row>;
  readonly onChange: (selection: Selection<Row>) => void;
  /** Whom a row is about, for the label of its checkbox. */
  readonly labelOf: (row: Row) => string;
  /** What can be done with those who are chosen; shown once there are any. */
  readonly actions: ReactNode;
}

export interface PagedTableProps<Row> {
  /** What it lists, for whoever can't see the heading: `People who are held`. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  /** Those of this page; `undefined` while they are on their way. */
  readonly rows: readonly Row[] | undefined;
  readonly keyOf: (row: Row) => string;
  readonly page: Page | undefined;
  readonly onPage: (slice: Slice) => void;
  /** What stands there if there is none. */
  readonly empty: ReactNode;
  /** Without it nothing can be chosen: so it is for viewers. */
  readonly choosing?: Choosing<Row>;
}

/** So many rows are a page, unless somebody asks for another number. */
export const firstSlice: Slice = { offset: 0, limit: 50 };

export function PagedTable<Row>(props: PagedTableProps<Row>) {
  const { caption, columns, rows, keyOf, page, onPage, empty, choosing } = props;
  const top = useRef<HTMLDivElement>(null);
  const shown = useMemo(() => new Map(rows?.map((row) => [keyOf(row), row])), [rows, keyOf]);
  // Whoever was on the last page may have gone meanwhile.
  const isBehindEnd = page !== undefined && page.offset > 0 && page.offset >= page.total;
  useEffect(() => {
    if (isBehindEnd) onPage({ offset: lastOffset(page), limit: page.limit });
  }, [isBehindEnd, page, onPage]);
  const turn = (slice: Slice) => {
    onPage(slice);
    if ((top.current?.getBoundingClientRect().top ?? 0) < 0) top.current?.scrollIntoView();
  };
  if (rows === undefined) return <LoadingRows />;
  if (rows.length === 0 && (page?.total ?? 0) === 0) return empty;
  return (
    <div ref={top} className={classes.list}>
      {choosing && <ChosenBar choosing={choosing} shown={shown} total={page?.total ?? rows.length} />}
      <div className={classes.box}>
        {/* Roles are said, as display: block on phones takes them away. */}
        {/* biome-ignore-start lint/a11y/noRedundantRoles: see above */}
        <table className={classes.table} role="table">
          <caption>
            <VisuallyHidden>{caption}</VisuallyHidden>
          </caption>
          <thead role="rowgroup">
            <tr role="row">
              {choosing && <PageCheckbox choosing={choosing} shown={shown} />}
              {columns.map(({ header, width }) => (
                <th key={header} scope="col" role="columnheader" style={{ width }}>
                  {header}
                </th>
              ))}
            </tr>
          </thead>
          <tbody role="rowgroup">
            {[...shown].map(([key, row]) => (
              <TableRow key={key} id={key} row={row} columns={columns} shown={shown} choosing={choosing} />
            ))}
          </tbody>
        </table>
        {/* biome-ignore-end lint/a11y/noRedundantRoles: see above */}
      </div>
      {page !== undefined && <Pager of={caption} page={page} onPage={turn} />}
    </div>
  );
}

/** What choosing takes, and the rows that are shown, by key. */
type Chosen<Row> = { choosing: Choosing<Row>; shown: ReadonlyMap<string, Row> };

interface TableRowProps<Row> {
  readonly id: string;
  readonly row: Row;
  readonly columns: readonly Column<Row>[];
  readonly shown: ReadonlyMap<string, Row>;
  readonly choosing: Choosing<Row> | undefined;
}

function TableRow<Row>({ id, row, columns, shown, choosing }: TableRowProps<Row>) {
  const chosen = choosing !== undefined && isSelected(choosing.selection, id);
  return (
    // biome-ignore lint/a11y/noRedundantRoles: display: block on phones takes the role away
    <tr role="row" data-chosen={chosen || undefined}>
      {choosing && (
        // biome-ignore lint/a11y/noRedundantRoles: likewise
        <td role="cell" className={classes.choice}>
          <input
            type="checkbox"
            aria-label={`Choose ${choosing.labelOf(row)}`}
            checked={chosen}
            onChange={({ currentTarget: { checked } }) =>
              choosing.onChange(withSelected(choosing.selection, { keys: [id], chosen: checked, page: shown }))
            }
          />
        </td>
      )}
      {columns.map(({ header, cell }) => (
        // biome-ignore lint/a11y/noRedundantRoles: likewise
        <td key={header} role="cell" data-header={header}>
          <div>{cell(row)}</div>
        </td>
      ))}
    </tr>
  );
}

/** Chooses all of the page, or none. */
function PageCheckbox<Row>({ choosing: { selection, onChange }, shown }: Chosen<Row>) {
  const keys = [...shown.keys()];
  const count = keys.filter((key) => isSelected(selection, key)).length;
  // It is no attribute: https://html.spec.whatwg.org/multipage/input.html#dom-input-indeterminate
  const markPartly = (box: HTMLInputElement | null) => {
    if (box) box.indeterminate = count > 0 && count < keys.length;
  };
  return (
    // biome-ignore lint/a11y/noRedundantRoles: display: block on phones takes the role away
    <th scope="col" role="columnheader" className={classes.choice}>
      <input
        type="checkbox"
        ref={markPartly}
        aria-label="Choose all on this page"
        checked={keys.length > 0 && count === keys.length}
        onChange={({ currentTarget: { checked } }) =>
          onChange(withSelected(selection, { keys, chosen: checked, page: shown }))
        }
      />
    </th>
  );
}

/** How many are chosen, and what can be done with them. It stays in sight. */
function ChosenBar<Row>({ choosing, shown, total }: Chosen<Row> & { total: number }) {
  const { selection, onChange, actions } = choosing;
  const count = selectedCount(selection, total);
  const isPageChosen = [...shown.keys()].every((key) => isSelected(selection, key));
  return (
    <div className={classes.bar} data-empty={count === 0 || undefined}>
      <Text size="sm" role="status">
        {count === 0
          ? 'None chosen: tick those whom you mean.'
          : `${numberText(count)} chosen${selection.all ? ': all there are' : ''}.`}
      </Text>
      {!selection.all && total > shown.size && isPageChosen && (
        <Button size="compact-sm" variant="subtle" onClick={() => onChange(everythingSelected())}>
          Choose all {numberText(total)}
        </Button>
      )}
      {count > 0 && (
        <Button size="compact-sm" variant="subtle" onClick={() => onChange(nothingSelected())}>
          Choose none
        </Button>
      )}
      {count > 0 && (
        <Group gap="xs" className={classes.barActions}>
          {actions}
        </Group>
      )}
    </div>
  );
}

/** Where the last page of a list begins. */
const lastOffset = ({ limit, total }: Page): number => Math.max(0, Math.ceil(total / limit) - 1) * limit;

interface PagerProps {
  /** What it turns the pages of, for whoever can't see it. */
  readonly of: string;
  readonly page: Page;
  readonly onPage: (slice: Slice) => void;
}

/** Which part is shown, and the ways to the others. */
function Pager({ of, page: { offset, limit, total }, onPage }: PagerProps) {
  const last = Math.min(offset + limit, total);
  return (
    <nav className={classes.pager} aria-label={`Pages: ${of}`}>
      <Text size="sm" c="dimmed" role="status">
        {total === 0
          ? 'None'
          : `${numberText(Math.min(offset + 1, total))}–${numberText(last)} of ${numberText(total)}`}
      </Text>
      {total > limit && (
        <Group gap="xs">
          <Button
            size="compact-md"
            variant="default"
            leftSection={<Icon name="back" size={16} />}
            disabled={offset === 0}
            onClick={() => onPage({ offset: Math.max(0, offset - limit), limit })}
          >
            Previous
          </Button>
          <Button
            size="compact-md"
            variant="default"
            rightSection={<Icon name="forward" size={16} />}
            disabled={last >= total}
            onClick={() => onPage({ offset: offset + limit, limit })}
          >
            Next
          </Button>
        </Group>
      )}
    </nav>
  );
}

/** What stands there until the first answer. */
function LoadingRows() {
  return (
    <div className={classes.loading} aria-busy="true">
      <VisuallyHidden role="status">The list is on its way.</VisuallyHidden>
      {[0, 1, 2, 3, 4, 5].map((row) => (
        <Skeleton key={row} height={20} radius="sm" animate={false} />
      ))}
    </div>
  );
}

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { previewCsv as printed } from '@connector/console/src/preview/preview-csv.ts';
import type { PreviewedSync } from '../../api/documents.ts';
import { previewCsv } from './preview-csv.ts';
import { somePreview } from './some-preview.ts';

type Preview = Parameters<typeof printed>[0];

/** The same as the command has it, before it is told. */
const asPreview = ({ setAside, deletedByHand, groups, ...others }: PreviewedSync): Preview =>
  ({
    ...others,
    groups: groups.map(({ since, ...each }) => ({ ...each, sinceMs: Date.parse(since) })),
    setAside: [...setAside, ...deletedByHand.map((each) => ({ ...each, kind: 'drift' as const }))].map(
      ({ since, ...each }) => ({ ...each, sinceMs: Date.parse(since) }),
    ),
  }) as Preview;

test('the lines are those that the command prints, also of names that are formulas, or have quotes, commas and line ends', () => {
  assert.equal(previewCsv(somePreview), `${printed(asPreview(somePreview)).join('\n')}\n`);
});

test('whatever begins a formula, or a cell, is written as the command writes it', () => {
  for (const name of ['-1', '+1', '@a', '\t=1', '＝1', '＋1', '－1', '＠1', '"', "'", ' a ', '', 'a,b', '=",\n']) {
    const preview = { ...somePreview, setAside: somePreview.setAside.map((each) => ({ ...each, name })) };
    assert.equal(previewCsv(preview), `${printed(asPreview(preview)).join('\n')}\n`, JSON.stringify(name));
  }
});

import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ControllerChoice } from './controller-choice.ts';

const [first, second] = ['ldaps://dc1', 'ldaps://dc2'];
const soon = { afterMs: 1_000 };

describe('the choice of a domain controller', () => {
  it('prefers the one that was read last', () => {
    assert.deepEqual(new ControllerChoice().preferences(second), { preferred: second, avoided: null });
  });

  it('is free once when it is told so', () => {
    const choice = new ControllerChoice();
    assert.ok(choice.mayChooseFreely(0));
    choice.chooseFreely(0);
    assert.equal(choice.preferences(second).preferred, null);
    assert.equal(choice.preferences(second).preferred, null, 'nothing was chosen yet');
    choice.chosen();
    assert.equal(choice.preferences(second).preferred, second);
    assert.ok(!choice.mayChooseFreely(60_000), 'or it would go to and fro while the better one fails');
    assert.ok(choice.mayChooseFreely(3_600_000));
  });

  it('puts one last that fails three times in a row', () => {
    const choice = new ControllerChoice();
    for (const avoided of [null, null, first]) {
      choice.failed(first, soon);
      assert.equal(choice.preferences(first).avoided, avoided);
    }
    choice.failed(second, soon);
    assert.equal(choice.preferences(first).avoided, null);
  });

  it('forgives failures that lie far apart', () => {
    const choice = new ControllerChoice();
    for (let failure = 0; failure < 10; failure++) choice.failed(first, { afterMs: 3_600_000 });
    assert.equal(choice.preferences(first).avoided, null);
  });
});

/** The company's OUs and its groups that mirror them. */

export const peopleOu = ['People'] as const;
export const groupsOu = ['Groups'] as const;

export interface Unit {
  /** Name of its group. */
  readonly group: string;
  readonly ou: readonly string[];
  /** How many ordinary people work there. */
  readonly size: number;
}

const unit = (group: string, path: string, size: number): Unit => ({
  group,
  ou: [...peopleOu, ...path.split('/')],
  size,
});

/** Where people work. A team lies in its department's OU, and its group in its department's group. */
export const units: readonly Unit[] = [
  unit('Engineering', 'Engineering', 14),
  unit('Platform Team', 'Engineering/Platform', 24),
  unit('Apps Team', 'Engineering/Apps', 26),
  unit('QA Team', 'Engineering/QA', 8),
  unit('Sales', 'Sales', 12),
  unit('Sales North', 'Sales/North', 22),
  unit('Sales South', 'Sales/South', 22),
  unit('Operations', 'Operations', 20),
  unit('Field Service', 'Operations/Field Service', 24),
  unit('Finance', 'Finance', 16),
  unit('Legal', 'Legal', 6),
  unit('Marketing', 'Marketing', 18),
  unit('Support', 'Support', 24),
  unit('Human Resources', 'Human Resources', 10),
];

/** Departments whose members get an account, each with its teams. */
export const departments: Record<string, readonly string[]> = {
  Engineering: ['Platform Team', 'Apps Team', 'QA Team'],
  Sales: ['Sales North', 'Sales South'],
  Operations: ['Field Service'],
  Finance: [],
  Legal: [],
  Marketing: [],
  Support: [],
  'Human Resources': [],
};

/** OUs without a group. `Warehouse` works without LastPass; `Partners` lies outside of userBases. */
export const warehouseOu = [...peopleOu, 'Warehouse'];
export const partnersOu = ['Partners'] as const;

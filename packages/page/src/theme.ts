/** How the page looks: quiet surfaces, one colour that leads, and colours with a meaning for the rest. */
import { type CSSVariablesResolver, createTheme, type MantineColorsTuple } from '@mantine/core';

/** The colour that leads: a quiet blue, dark enough for white text from the sixth shade on. */
const ink: MantineColorsTuple = [
  '#eef3fb',
  '#dae4f4',
  '#b3c8e9',
  '#8aaade',
  '#6790d4',
  '#4f7ecd',
  '#3a6bc0',
  '#2c5bad',
  '#244d96',
  '#1b3e7c',
];

const surface = { background: 'var(--page-surface)' } as const;
const heading = { fontWeight: 600, fontSize: 'var(--mantine-font-size-lg)' } as const;

export const theme = createTheme({
  respectReducedMotion: true,
  colors: { ink },
  primaryColor: 'ink',
  primaryShade: { light: 7, dark: 6 },
  autoContrast: true,
  defaultRadius: 'md',
  components: {
    Modal: { styles: { content: surface, header: surface, title: heading } },
    Drawer: { styles: { content: surface, header: surface, title: heading } },
  },
  cursorType: 'pointer',
  fontFamily: "system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif",
  fontFamilyMonospace: "ui-monospace, 'SF Mono', 'Cascadia Mono', Menlo, Consolas, monospace",
  fontSizes: { xs: '0.75rem', sm: '0.8125rem', md: '0.875rem', lg: '1rem', xl: '1.25rem' },
  headings: {
    fontWeight: '600',
    sizes: { h1: { fontSize: '1.5rem', lineHeight: '1.3' }, h2: { fontSize: '1rem', lineHeight: '1.4' } },
  },
});

/** Texts and buttons in colours with a meaning: Mantine's own shades are too light to be read on white. */
const readable = {
  '--mantine-color-red-filled': '#c22f2f',
  '--mantine-color-red-filled-hover': '#a82727',
  '--mantine-color-red-light-color': '#b02525',
  '--mantine-color-green-light-color': '#186a3a',
  '--mantine-color-teal-light-color': '#0a6b60',
  '--mantine-color-yellow-light-color': '#7d4b00',
  '--mantine-color-orange-light-color': '#8c4a00',
  '--mantine-color-blue-light-color': '#185a9b',
} as const;

/** Surfaces and quiet text, in light and dark: what is dimmed still has a contrast of 4.5. */
export const variables: CSSVariablesResolver = () => ({
  variables: {},
  light: {
    '--mantine-color-body': '#f6f7f9',
    '--mantine-color-dimmed': '#596273',
    '--page-surface': '#ffffff',
    '--page-line': '#e1e5eb',
    '--page-hover': '#eef1f6',
    '--page-good': '#1c7a43',
    '--page-warning': '#9a5b00',
    '--page-bad': '#c22f2f',
    ...readable,
  },
  dark: {
    '--mantine-color-anchor': 'var(--mantine-color-ink-3)', // also on rows that are chosen or pointed at, and in messages
    '--mantine-color-body': '#14171c',
    '--mantine-color-text': '#dfe3ea',
    '--mantine-color-default': '#242a33',
    '--mantine-color-default-hover': '#2c333e',
    '--mantine-color-default-border': '#3b434f',
    '--mantine-color-dimmed': '#9aa4b4',
    '--page-surface': '#1c2027',
    '--page-line': '#2e343e',
    '--page-hover': '#262c35',
    '--page-good': '#5fc98b',
    '--page-warning': '#e6ac4f',
    '--page-bad': '#ff8080',
    '--mantine-color-red-filled': '#c43c3c',
    '--mantine-color-red-filled-hover': '#a93232',
  },
});

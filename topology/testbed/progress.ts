// A line of progress from lengthy work. `always`: even if nobody watches, such as a warning.

export type Progress = (line: string, always?: boolean) => void;

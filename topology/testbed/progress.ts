// A line of progress from work that takes a while. `always`: also where nobody watches, such as a warning.

export type Progress = (line: string, always?: boolean) => void;

// A library that is no plugin.
int answer() { return 42; }

# Running a file is the one public way to a new $script: scope. The tests of one file run in the scope of this one.
try { $args[0].Invoke() } finally { $args[1].Invoke() }

# What is asked here of kvmps holds for pwsh as well as for the embedded host: whichever kvmps starts is tested.
# https://learn.microsoft.com/powershell/module/microsoft.powershell.core/about/about_pwsh
BeforeAll {
    $root = [System.IO.Path]::GetFullPath("$PSScriptRoot/../..")
    $kvmps = "$root/kvmps"

    # Runs a program with what its standard input, output and error are apart, and with texts as its arguments.
    function Invoke-Program([string] $Program, [string[]] $Arguments, [string] $InputText, [string] $Directory, [hashtable] $Environment = @{}) {
        $start = [System.Diagnostics.ProcessStartInfo]::new($Program)
        $start.RedirectStandardInput = $start.RedirectStandardOutput = $start.RedirectStandardError = $true
        $start.WorkingDirectory = $Directory ? $Directory : "$TestDrive"
        foreach ($argument in $Arguments) { $start.ArgumentList.Add($argument) }
        foreach ($name in $Environment.Keys) {
            $null = $start.Environment.Remove($name)
            if ($null -ne $Environment[$name]) { $start.Environment.Add($name, $Environment[$name]) }
        }
        $process = [System.Diagnostics.Process]::Start($start)
        $errors = $process.StandardError.ReadToEndAsync()
        $process.StandardInput.Write($InputText)
        $process.StandardInput.Close()
        $output = $process.StandardOutput.ReadToEnd()
        $process.WaitForExit()
        [pscustomobject]@{ Output = $output.TrimEnd("`n"); Error = $errors.Result.TrimEnd("`n"); ExitCode = $process.ExitCode }
    }

    function Invoke-Kvmps([string[]] $Arguments, [string] $InputText) {
        Invoke-Program $kvmps (@('-NoProfile') + $Arguments) $InputText
    }

    function New-Script([string] $Name, [string] $Text) {
        [System.IO.File]::WriteAllText("$TestDrive/$Name", $Text)
        "$TestDrive/$Name"
    }

}

Describe 'A script' -Tag Long {
    BeforeAll {
        $null = New-Script 'arguments.ps1' @'
param([string] $Name = 'none', [int] $Count = 1, [switch] $Force, [Parameter(ValueFromRemainingArguments)] [string[]] $Rest)
"$Name $Count $Force $($Rest -join '|')"
'@
    }

    It 'gets <Arguments> as <Bound>' -ForEach @(
        @{ Arguments = @('arguments.ps1'); Bound = 'none 1 False ' }
        @{ Arguments = @('arguments.ps1', '-Name', 'a  b', '-Count', '3', '-Force', "it's", '$HOME'); Bound = "a  b 3 True it's|`$HOME" }
        @{ Arguments = @('-File', './arguments.ps1', '-Name:x', '-Force:$false', '-Count', '0x10'); Bound = 'x 16 False ' }
    ) {
        $run = Invoke-Kvmps $Arguments
        "$($run.Output)$($run.Error)" | Should -Be $Bound
        $run.ExitCode | Should -Be 0
    }

    It 'that <What> ends with exit code <ExitCode>' -ForEach @(
        @{ What = 'calls exit 7'; Text = 'exit 7'; ExitCode = 7 }
        @{ What = 'ends by itself'; Text = '1'; ExitCode = 0 }
        @{ What = 'ends with a command that failed'; Text = 'sh -c "exit 5"'; ExitCode = 0 }
        @{ What = 'goes on after an error'; Text = 'Get-Nothing; 1'; ExitCode = 0 }
        @{ What = 'throws'; Text = "throw 'a word'"; ExitCode = 1 }
        @{ What = 'stops at an error'; Text = '$ErrorActionPreference = "Stop"; Get-Nothing; exit 0'; ExitCode = 1 }
        @{ What = 'cannot be parsed'; Text = 'if ('; ExitCode = 1 }
        @{ What = 'refuses its arguments'; Text = 'param([Parameter(Mandatory)] [ValidateRange(5, 6)] [int] $Number) 1'; ExitCode = 1 }
    ) {
        (Invoke-Kvmps @((New-Script 'ends.ps1' $Text), '-Number', '1')).ExitCode | Should -Be $ExitCode
    }

    It 'knows its own place' {
        $null = New-Script 'place.ps1' '$PSScriptRoot; $PSCommandPath; "$PWD"'
        (Invoke-Program $kvmps @('-NoProfile', "$TestDrive/place.ps1") -Directory '/').Output |
            Should -Be "$TestDrive`n$TestDrive/place.ps1`n/"
    }

    It 'reads standard input as $input' {
        (Invoke-Kvmps (New-Script 'input.ps1' '$input.ForEach({ "<$_>" })') "a`nb`n").Output | Should -Be "<a>`n<b>"
    }

    It 'that is not there ends with exit code 64 and its name' {
        $run = Invoke-Kvmps 'nowhere.ps1'
        $run.ExitCode | Should -Be 64
        $run.Error | Should -BeLike '*nowhere.ps1*'
    }
}

Describe 'A command' -Tag Long {
    It '<Text> ends with exit code <ExitCode>' -ForEach @(
        @{ Text = '1'; ExitCode = 0 }
        @{ Text = 'exit 3'; ExitCode = 3 }
        @{ Text = 'sh -c "exit 5"'; ExitCode = 1 }
        @{ Text = 'sh -c "exit 5"; 1'; ExitCode = 0 }
        @{ Text = 'Get-Nothing'; ExitCode = 1 }
        @{ Text = 'throw 1'; ExitCode = 1 }
        @{ Text = 'if ('; ExitCode = 1 }
    ) {
        (Invoke-Kvmps '-Command', $Text).ExitCode | Should -Be $ExitCode
    }

    It 'is made of all words behind -c' {
        (Invoke-Kvmps '-c', '1;', '2').Output | Should -Be "1`n2"
    }

    It 'that throws says so on the error stream' {
        $run = Invoke-Kvmps '-c', "throw 'a word'"
        $run.Output | Should -BeNullOrEmpty
        $run.Error | Should -BeLike '*a word*'
    }

    It 'sends errors to the error stream and all else to the output, without control codes' {
        $run = Invoke-Kvmps '-c', '"$($PSStyle.Foreground.Red)red"; Get-Nothing; $Host.UI.WriteWarningLine("careful"); sh -c "echo native; echo wrong >&2"'
        $run.Output | Should -Be "red`nWARNING: careful`nnative"
        $run.Error | Should -BeLike '*Get-Nothing*wrong'
        "$($run.Output)$($run.Error)" | Should -Not -Match "`e"
    }

    It 'finds the module' {
        (Invoke-Kvmps '-c', '(Get-Command Test-KvmHost).Source').Output | Should -Be 'KvmPS'
    }
}

Describe 'Standard input' -Tag Long {
    It 'is run statement by statement' {
        $run = Invoke-Kvmps '-Command', '-' "1 + 1`nif (`$true) {`n  'within'`n}`n`nexit 6`n'never'`n"
        $run.Output | Should -Be "2`nwithin"
        $run.ExitCode | Should -Be 6
    }

    It 'answers a question: <Answer> gives <Result>' -ForEach @(
        @{ Answer = 'y'; Result = 'did' }
        @{ Answer = 'n'; Result = 'did not' }
    ) {
        $script = New-Script 'question.ps1' @'
[CmdletBinding(SupportsShouldProcess)] param()
$PSCmdlet.ShouldProcess('it') ? 'did' : 'did not'
'@
        (Invoke-Kvmps $script, '-Confirm' "$Answer`n").Output | Should -Match "(^|\W)$Result$"
    }

    It 'answers nothing where -NonInteractive forbids to ask' {
        $script = New-Script 'question.ps1' @'
[CmdletBinding(SupportsShouldProcess)] param()
if ($PSCmdlet.ShouldProcess('it')) { 'did' }
'@
        $run = Invoke-Kvmps '-NonInteractive', $script, '-Confirm' "y`n"
        $run.Output | Should -Not -Match 'did'
        $run.Error | Should -BeLike '*NonInteractive*'
    }
}

Describe 'kvmps' -Tag Long {
    BeforeAll {
        # Not in $TestDrive: what tidies that up must never meet a link to the project.
        $scratch = [System.IO.Directory]::CreateTempSubdirectory('kvmps test ').FullName

        # A folder that looks like the project to kvmps, as it is without the build's output.
        function New-Copy([string] $Name) {
            $copy = [System.IO.Directory]::CreateDirectory("$scratch/$Name").FullName
            foreach ($file in 'kvmps', 'KvmPS.psd1', 'global.json', 'Directory.Build.props', 'Directory.Packages.props') {
                [System.IO.File]::Copy("$root/$file", "$copy/$file")
                [System.IO.File]::SetLastWriteTimeUtc("$copy/$file", [System.IO.File]::GetLastWriteTimeUtc("$root/$file"))
            }
            $copy
        }
    }

    AfterAll { [System.IO.Directory]::Delete($scratch, $true) }

    It 'works through a link and in a folder with blanks' {
        $copy = New-Copy 'a copy'
        foreach ($link in 'src', 'out', 'lib') { $null = [System.IO.File]::CreateSymbolicLink("$copy/$link", "$root/$link") }
        $null = [System.IO.File]::CreateSymbolicLink("$scratch/a link", 'a copy/kvmps')
        $run = Invoke-Program "$scratch/a link" '-NoProfile', '-c', '(Get-Module -ListAvailable KvmPS)[0].ModuleBase' -Directory '/'
        $run.Error | Should -BeNullOrEmpty
        $run.Output | Should -BeLike "$copy/out/KvmPS/*"
    }

    It 'says what to install where there is nothing to build with' {
        $copy = New-Copy 'no dotnet'
        $tools = [System.IO.Directory]::CreateDirectory("$scratch/tools").FullName
        foreach ($tool in 'sh', 'find', 'readlink') {
            $null = [System.IO.File]::CreateSymbolicLink("$tools/$tool", (Get-Command $tool -CommandType Application)[0].Source)
        }
        $run = Invoke-Program "$copy/kvmps" '-c', '1' -Environment @{ PATH = $tools; KVMPS_SHELL = 'embedded' }
        $run.ExitCode | Should -Be 69
        $run.Error | Should -BeLike 'kvmps: *.NET 10 SDK*'
        $run.Error | Should -Not -Match "`n"
    }

    It 'says so where it has no home to build in' {
        $run = Invoke-Program "$(New-Copy 'no home')/kvmps" '-c', '1' -Environment @{
            HOME = $null; DOTNET_CLI_HOME = $null; KVMPS_SHELL = 'embedded'
        }
        $run.ExitCode | Should -Be 69
        $run.Error | Should -BeLike 'kvmps: *HOME*'
        $run.Error | Should -Not -Match "`n"
    }
}

Describe 'At a terminal' -Tag Long {
    BeforeAll {
        $terminal = @'
import fcntl, os, pty, re, select, struct, sys, termios, time
expectations = [step.encode() for step in sys.argv[2::2]]
answers = [step.encode().decode("unicode_escape").encode() for step in sys.argv[3::2]]
pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], [sys.argv[1], "-NoProfile", "-NoLogo"])
fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
unread = b""
for expected, answer in zip(expectations, answers):
    end = time.monotonic() + 60
    while not (found := re.search(expected, unread)):
        if time.monotonic() > end:
            sys.exit("No " + repr(expected) + " in " + repr(unread))
        if select.select([terminal], [], [], 1)[0]:
            new = os.read(terminal, 65536)
            if b"\x1b[6n" in new:
                os.write(terminal, b"\x1b[1;1R")
            unread += new
    unread = unread[found.end():]
    os.write(terminal, answer)
try:
    while os.read(terminal, 65536):
        pass
except OSError:
    pass
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
'@

        # What is expected, what is then typed, and so on; gives the exit code, or what did not come.
        function Use-Terminal([string[]] $Steps) {
            $run = Invoke-Program (Get-Command python3)[0].Source (@('-c', $terminal, $kvmps) + $Steps) -Environment @{
                TERM = 'xterm'; XDG_STATE_HOME = "$TestDrive/state"; HOME = "$TestDrive"
            }
            $run.Error ? $run.Error : $run.ExitCode
        }
    }

    BeforeEach {
        if (-not (Get-Command python3 -ErrorAction Ignore)) {
            Set-ItResult -Skipped -Because 'python3 is not here to play the person'
        }
    }

    It 'Ctrl-C stops what runs, and the shell lives on' {
        Use-Terminal 'PS .*> ', '"run" + "ning"; while ($true) { }\r', 'running', '\x03', 'PS .*> ', '6 * 7\r', '\b42\b', 'exit 9\r' |
            Should -Be 9
    }

    It 'Tab completes what the module has' {
        Use-Terminal 'PS .*> ', '"Te" + "st"; Get-KvmCapabi\t', 'Get-KvmCapability', ' USER_MEMORY | ForEach-Object Number; exit 4\r', '' , '' |
            Should -Be 4
    }

    It 'a question waits for its answer' {
        $script = New-Script 'ask.ps1' "[CmdletBinding(SupportsShouldProcess)] param()`n`$PSCmdlet.ShouldProcess('it') ? 'd' + 'id' : 'did' + ' not'"
        Use-Terminal 'PS .*> ', "$script -Confirm\r", 'default is "Y"\)', 'n\r', 'did not', "exit 3\r" | Should -Be 3
    }

    It 'the Up arrow brings back what was typed in an earlier shell' {
        Use-Terminal 'PS .*> ', '"kept", "line" -join "-"\r', 'kept-line', 'exit 0\r' | Should -Be 0
        Use-Terminal 'PS .*> ', '\x1b[A\x1b[A', '-join', '\r', 'kept-line', 'exit 2\r' | Should -Be 2
    }
}

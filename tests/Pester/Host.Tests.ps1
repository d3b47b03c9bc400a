# What holds of pwsh, by about_Pwsh, holds of the host that takes its place. `kvmps` picks which of them is tested.
BeforeAll {
    $root = [System.IO.Path]::GetFullPath("$PSScriptRoot/../..")
    $kvmps = "$root/kvmps"
    $folder = [System.IO.Directory]::CreateTempSubdirectory('kvmps host ').FullName

    function Start-Kvmps([string[]] $Arguments, [hashtable] $Environment = @{},
        [string] $WorkingDirectory = $folder, [string] $Path = $kvmps) {
        # Whoever starts the suite may ignore Ctrl-C, and what is ignored is inherited.
        $start = [System.Diagnostics.ProcessStartInfo]::new('env')
        foreach ($argument in @('--default-signal=INT', $Path) + $Arguments) { $start.ArgumentList.Add($argument) }
        foreach ($name in $Environment.Keys) { $start.Environment[$name] = $Environment[$name] }
        $start.WorkingDirectory = $WorkingDirectory
        $start.RedirectStandardInput = $start.RedirectStandardOutput = $start.RedirectStandardError = $true
        [System.Diagnostics.Process]::Start($start)
    }

    function Invoke-Kvmps([string[]] $Arguments, [string] $StandardInput = '', [hashtable] $Environment = @{},
        [string] $WorkingDirectory = $folder, [string] $Path = $kvmps) {
        $process = Start-Kvmps $Arguments $Environment $WorkingDirectory $Path
        $errors = $process.StandardError.ReadToEndAsync()
        $process.StandardInput.Write($StandardInput)
        $process.StandardInput.Close()
        $output = $process.StandardOutput.ReadToEnd()
        $process.WaitForExit()
        @{ Output = $output.TrimEnd(); Errors = $errors.Result; ExitCode = $process.ExitCode }
    }

    # Writes a script and gives its path.
    function Set-Script([string] $Text, [string] $Name = 'script.ps1') {
        [System.IO.File]::WriteAllText("$folder/$Name", $Text)
        "$folder/$Name"
    }
}

AfterAll { [System.IO.Directory]::Delete($folder, $true) }

Describe 'A script' {
    It 'gets <What>' -ForEach @(
        @{ What = 'a named parameter'; Arguments = '-Name', 'a b'; Expected = 'a b|False|' }
        @{ What = 'a named parameter with a colon'; Arguments = , '-Name:a b'; Expected = 'a b|False|' }
        @{ What = 'a switch'; Arguments = '-Force', '-Name', 'a'; Expected = 'a|True|' }
        @{ What = 'a switch that is false'; Arguments = , '-Force:$false'; Expected = '|False|' }
        @{ What = 'an abbreviated parameter'; Arguments = '-N', 'a'; Expected = 'a|False|' }
        @{ What = 'positional parameters'; Arguments = 'a', 'b', 'c'; Expected = 'a|False|b,c' }
        @{
            What = 'blanks, quotes and signs unchanged'
            Arguments = 'it''s', '"$HOME"', '`n *;(1)', '@{}'
            Expected = 'it''s|False|"$HOME",`n *;(1),@{}'
        }
        @{ What = 'an empty text'; Arguments = '-Name', '', '-Force'; Expected = '|True|' }
    ) {
        $script = Set-Script ('param([string] $Name, [switch] $Force, [Parameter(ValueFromRemainingArguments)] $Rest)' +
            '"$Name|$Force|$($Rest -join '','')"')
        $result = Invoke-Kvmps (@('-NoProfile', '-File', $script) + $Arguments)
        $result.Errors | Should -Be ''
        $result.Output | Should -Be $Expected
    }

    It 'ends with <Expected> where it is <Text>' -ForEach @(
        @{ Text = 'exit 0'; Expected = 0 }
        @{ Text = 'exit 7'; Expected = 7 }
        @{ Text = 'function f { exit 8 }; f'; Expected = 8 }
        @{ Text = '[CmdletBinding()] param() exit 255'; Expected = 255 }
        @{ Text = 'throw "broken"'; Expected = 1 }
        @{ Text = 'if ('; Expected = 1 }
        @{ Text = 'Get-Command Get-Nothing'; Expected = 0 }
        @{ Text = 'sh -c "exit 3"'; Expected = 0 }
    ) {
        (Invoke-Kvmps '-NoProfile', '-File', (Set-Script $Text)).ExitCode | Should -Be $Expected
    }

    It 'tells what ended it on standard error' {
        $result = Invoke-Kvmps '-NoProfile', (Set-Script '"before"; throw "broken"; "behind"')
        $result.Output | Should -Be 'before'
        $result.Errors | Should -Match 'broken'
    }

    It 'that does not know its parameter ends with 1' {
        $result = Invoke-Kvmps '-NoProfile', (Set-Script '[CmdletBinding()] param() "ran"'), '-Absent'
        $result.ExitCode | Should -Be 1
        $result.Errors | Should -Match 'Absent'
        $result.Output | Should -Be ''
    }

    It 'is found in another folder, and knows its own' {
        $null = [System.IO.Directory]::CreateDirectory("$folder/sub")
        $null = Set-Script '"$PSScriptRoot|$($PWD.ProviderPath)"' 'sub/where.ps1'
        (Invoke-Kvmps '-NoProfile', 'sub/where.ps1').Output | Should -Be "$folder/sub|$folder"
    }

    It 'reads standard input as $input' {
        $script = Set-Script '$input | ForEach-Object { "<$_>" }'
        (Invoke-Kvmps '-NoProfile', $script "a`nb`n").Output | Should -Be "<a>`n<b>"
    }

    It 'that does not exist is a usage error' {
        $result = Invoke-Kvmps '-NoProfile', '-File', "$folder/absent.ps1"
        $result.ExitCode | Should -Be 64
        $result.Errors | Should -Match 'absent\.ps1'
    }

    It 'runs its finally blocks at Ctrl-C' {
        $script = Set-Script ('try { [Console]::Out.WriteLine("ready"); while ($true) { } } ' +
            'finally { [Console]::Out.WriteLine("cleaned") }')
        $process = Start-Kvmps '-NoProfile', $script
        try {
            $process.StandardOutput.ReadLine() | Should -Be 'ready'
            & kill -INT $process.Id
            $process.WaitForExit(20000) | Should -BeTrue -Because 'it was to end'
            $process.StandardOutput.ReadToEnd().Trim() | Should -Be 'cleaned'
        }
        finally { $process.Kill() }
    }
}

Describe '-Command' {
    It 'ends with <Expected> behind <Text>' -ForEach @(
        @{ Text = '1 + 1'; Expected = 0 }
        @{ Text = 'Get-Command Get-Nothing'; Expected = 1 }
        @{ Text = 'Get-Command Get-Nothing; 1'; Expected = 0 }
        @{ Text = 'sh -c "exit 3"'; Expected = 1 }
        @{ Text = 'exit 3'; Expected = 3 }
        @{ Text = 'throw "broken"'; Expected = 1 }
    ) {
        (Invoke-Kvmps '-NoProfile', '-Command', $Text).ExitCode | Should -Be $Expected
    }

    It 'takes all words behind it' {
        (Invoke-Kvmps '-NoProfile', '-c', '1', '+', '41').Output | Should -Be '42'
    }

    It 'gives standard input to $input' {
        $result = Invoke-Kvmps '-NoProfile', '-c', '$input | ForEach-Object { "<$_>" }' "a`nb`n"
        $result.Output | Should -Be "<a>`n<b>"
    }

    It 'runs what stands on standard input where it is -' {
        $result = Invoke-Kvmps '-NoProfile', '-Command', '-' "1 + 1`nif (`$true) {`n  'inside'`n}`n`n'last'`n"
        $result.Output | Should -Be "2`ninside`nlast"
        $result.ExitCode | Should -Be 0
    }

    It 'leaves standard input at exit' {
        $result = Invoke-Kvmps '-NoProfile', '-Command', '-' "'first'`nexit 9`n'second'`n"
        $result.Output | Should -Be 'first'
        $result.ExitCode | Should -Be 9
    }
}

Describe 'Output that is redirected' {
    It 'has errors on standard error, all else on standard output' {
        $result = Invoke-Kvmps '-NoProfile', '-c', ('function Write-All { [CmdletBinding()] param() ' +
            '$PSCmdlet.WriteVerbose("v"); $PSCmdlet.WriteWarning("w"); "o"; Get-Command Get-Nothing; "p" } ' +
            'Write-All -Verbose')
        $result.Output | Should -Be "VERBOSE: v`nWARNING: w`no`np"
        $result.Errors | Should -Match 'Get-Nothing'
    }

    It 'has no control codes, and no progress' {
        $text = @'
Get-Command Get-Help; Get-Command Get-Nothing
function Show { [CmdletBinding()] param($Record) $PSCmdlet.WriteProgress($Record) }
Show ([System.Management.Automation.ProgressRecord]::new(1, 'working', 'hard'))
'@
        $result = Invoke-Kvmps '-NoProfile', '-c', $text -Environment @{ TERM = 'xterm' }
        $result.Output | Should -Match 'Get-Help'
        $result.Output + $result.Errors | Should -Not -Match "`e|working"
    }

    It 'has what native commands write, in its place' {
        $result = Invoke-Kvmps '-NoProfile', '-c', '"before"; sh -c "echo native"; "after"'
        $result.Output | Should -Be "before`nnative`nafter"
    }
}

Describe 'A question' {
    BeforeAll {
        $ask = 'function Invoke-Thing { [CmdletBinding(SupportsShouldProcess)] param() ' +
            'if ($PSCmdlet.ShouldProcess("it")) { "done" } else { "left" } }'
    }

    It 'is answered by standard input: <_>' -ForEach 'y', 'n' {
        $result = Invoke-Kvmps '-NoProfile', '-c', "$ask Invoke-Thing -Confirm" "$_`n"
        $result.Output | Should -Match '\[Y\] Yes'
        $result.Output.Split("`n")[-1] | Should -Match ($_ -eq 'y' ? 'done$' : 'left$')
    }

    It 'for a mandatory parameter is answered by standard input' {
        $text = 'function Show { param([Parameter(Mandatory)] $Word) "<$Word>" } Show'
        $result = Invoke-Kvmps '-NoProfile', '-c', $text "hello`n"
        $result.Output | Should -Match '<hello>$'
    }

    It 'is an error with -NonInteractive' {
        $result = Invoke-Kvmps '-NoProfile', '-NonInteractive', '-c', "$ask Invoke-Thing -Confirm" "y`n"
        $result.Errors | Should -Match 'NonInteractive'
        $result.Output | Should -Not -Match 'done'
    }
}

Describe 'kvmps' {
    It 'has the module at hand' {
        $result = Invoke-Kvmps '-NoProfile', '-c', '(Get-Module -ListAvailable KvmPS).Path'
        $result.Output | Should -BeLike "$root/out/KvmPS/*/KvmPS.psd1"
    }

    It 'reports to nobody' -Skip:($Host.Name -ne 'KvmPS.Host') {
        $quiet = [System.IO.Directory]::CreateDirectory("$folder/quiet").FullName
        $result = Invoke-Kvmps '-NoProfile', '-c', 'Import-Module KvmPS; 1' -Environment @{
            HOME = $quiet; XDG_CACHE_HOME = ''; POWERSHELL_TELEMETRY_OPTOUT = ''
        }
        $result.Output | Should -Be '1'
        [System.IO.Directory]::GetFiles($quiet, 'telemetry*', 'AllDirectories') | Should -BeNullOrEmpty
    }

    It 'runs through a symbolic link, in another folder' {
        $null = [System.IO.File]::CreateSymbolicLink("$folder/link to kvmps", $kvmps)
        $result = Invoke-Kvmps '-NoProfile', '-c', '$PWD.ProviderPath' '' @{} '/' "$folder/link to kvmps"
        $result.Output | Should -Be '/'
    }

    It 'takes pwsh <Version> from PATH: <Taken>' -ForEach @(
        @{ Version = '7.6.0'; Taken = $true }
        @{ Version = '7.10.1'; Taken = $true }
        @{ Version = '7.6.0-preview.4'; Taken = $true }
        @{ Version = '8.0.0'; Taken = $true }
        @{ Version = '7.5.4'; Taken = $false }
    ) {
        $pwsh = Set-Script "#!/bin/sh`n[ `$1 = -Version ] && { echo 'PowerShell $Version'; exit; }`necho pwsh" 'pwsh'
        [System.IO.File]::SetUnixFileMode($pwsh, 'UserRead, UserWrite, UserExecute')
        $environment = @{ PATH = "${folder}:$env:PATH"; KVMPS_SHELL = '' }
        $result = Invoke-Kvmps '-NoProfile', '-c', '"embedded"' -Environment $environment
        $result.Output | Should -Be ($Taken ? 'pwsh' : 'embedded')
        $environment.KVMPS_SHELL = 'embedded'
        (Invoke-Kvmps '-NoProfile', '-c', '"embedded"' -Environment $environment).Output | Should -Be 'embedded'
    }
}

Describe 'At a terminal' {
    BeforeAll {
        # Plays a person: sends a text once the one before it has been seen, as pairs of arguments say.
        $person = @'
import fcntl, os, pty, re, select, struct, sys, termios, time
pid, terminal = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack('HHHH', 24, 120, 0, 0))
    os.execvp(sys.argv[1], sys.argv[1:2])
seen = ''
def see(pattern):
    global seen
    end = time.time() + 60
    while True:
        match = re.search(pattern, seen)
        if match:
            seen = seen[match.end():]
            return
        if time.time() > end:
            os.kill(pid, 9)
            sys.exit('no %r in %r' % (pattern, seen[-500:]))
        if select.select([terminal], [], [], 1)[0]:
            text = os.read(terminal, 65536).decode('utf-8', 'replace')
            for _ in range(text.count('\x1b[6n')):
                os.write(terminal, b'\x1b[1;1R')
            seen += re.sub(r'\x1b(\[[0-9;?]*[ -/]*[@-~]|[=>]|\][^\x07]*\x07)', '', text)
for pattern, answer in zip(sys.argv[2::2], sys.argv[3::2]):
    see(pattern)
    time.sleep(0.3)
    os.write(terminal, answer.encode().decode('unicode_escape').encode())
# What is typed while a shell changes the terminal's mode can be lost, so the last answer is given again.
again = 0
try:
    while True:
        if select.select([terminal], [], [], 4)[0]:
            os.read(terminal, 65536)
        elif again < 3:
            again += 1
            os.write(terminal, answer.encode().decode('unicode_escape').encode())
        else:
            os.kill(pid, 9)
except OSError:
    pass
print('ended with', os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
'@
        $python = @(Get-Command python3 -CommandType Application -ErrorAction Ignore)[0]
        $environment = @{ TERM = 'xterm'; XDG_STATE_HOME = $folder; XDG_DATA_HOME = $folder; NO_COLOR = '1' }

        function Invoke-Person([string[]] $Dialogue) {
            Invoke-Kvmps (@('-c', $person, $kvmps) + $Dialogue) -Environment $environment -Path $python.Source
        }
    }

    It 'a person types, completes, recalls, stops and leaves' {
        if (-not $python) { Set-ItResult -Skipped -Because 'there is no python3 to play a person'; return }
        $result = Invoke-Person @(
            'PS [^\r\n]*> ', '6 * 7\r'
            '\n42\r?\n[\s\S]*PS [^\r\n]*> ', 'Get-KvmCapabil\t'
            'Get-KvmCapability', '\x03'
            'PS [^\r\n]*> ', 'while ($true) { }\r'
            'while \(\$true\) \{ \}\s*\r?\n', '\x03'
            'PS [^\r\n]*> ', '"still " + "alive"\r'
            '\nstill alive\r?\n[\s\S]*PS [^\r\n]*> ', '\x1b[A'
            '"still " \+ "alive"', '\r'
            '\nstill alive\r?\n[\s\S]*PS [^\r\n]*> ', 'exit 3\r'
        )
        $result.Errors | Should -Be ''
        $result.Output | Should -Be 'ended with 3'
    }

    It 'a person answers a question, or stops it' {
        if (-not $python) { Set-ItResult -Skipped -Because 'there is no python3 to play a person'; return }
        $ask = 'function ask { [CmdletBinding(SupportsShouldProcess)] param() ' +
            'if ($PSCmdlet.ShouldProcess(1)) { 6 * 7 } }'
        $result = Invoke-Person @(
            'PS [^\r\n]*> ', "$ask\r"
            'PS [^\r\n]*> ', 'ask -Confirm\r'
            'default is "Y"\): ', 'y\r'
            '\n42\r?\n[\s\S]*PS [^\r\n]*> ', 'ask -Confirm; 2 * 22\r'
            # pwsh heeds Ctrl-C at a question once a line is complete.
            'default is "Y"\): ', '\x03\r'
            'PS [^\r\n]*> ', '7 * 7\r'
            '^(?![\s\S]*\n44)[\s\S]*\n49\r?\n[\s\S]*PS [^\r\n]*> ', 'exit\r'
        )
        $result.Errors | Should -Be ''
        # After Ctrl-C at a question pwsh itself does not always end: a thread of its own still waits for the line.
        $result.Output | Should -Match '^ended with (0|-9)$'
    }
}

/* SPDX-License-Identifier: BSD-2-Clause */
/* Logs in as a program does that uses PAM: pam-login FOLDER SERVICE USER. FOLDER holds the service's configuration;
 * every question is answered with the line on standard input. Exit: 0 the user is who they say, 1 not (PAM's reason on
 * stderr), 64 usage. */
#include <security/pam_appl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static char answer[64];

static int converse(int count, const struct pam_message **messages, struct pam_response **responses, void *data)
{
    (void)data;
    struct pam_response *all = calloc((size_t)count, sizeof *all);
    if (!all)
        return PAM_BUF_ERR;
    for (int i = 0; i < count; i++) {
        int style = messages[i]->msg_style;
        fprintf(stderr, "pam-login: %s\n", messages[i]->msg);
        if (style == PAM_PROMPT_ECHO_OFF || style == PAM_PROMPT_ECHO_ON)
            all[i].resp = strdup(answer); /* PAM frees it */
    }
    *responses = all;
    return PAM_SUCCESS;
}

int main(int argc, char **argv)
{
    const struct pam_conv conversation = { converse, NULL };
    pam_handle_t *pam = NULL;
    if (argc != 4)
        return 64;
    if (fgets(answer, sizeof answer, stdin))
        answer[strcspn(answer, "\n")] = '\0';
    int status = pam_start_confdir(argv[2], argv[3], &conversation, argv[1], &pam);
    if (status == PAM_SUCCESS)
        status = pam_authenticate(pam, 0);
    if (status != PAM_SUCCESS)
        fprintf(stderr, "pam-login: %s\n", pam_strerror(pam, status));
    if (pam)
        pam_end(pam, status);
    return status == PAM_SUCCESS ? 0 : 1;
}

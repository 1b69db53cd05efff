/* SPDX-License-Identifier: Apache-2.0 OR GPL-2.0-or-later */
/* Lists, as programs step through them. */
#include <stdlib.h>

#include "user/libkmod/internal.h"

bool list_add(struct kmod_list **list, void *data)
{
	struct kmod_list *entry = malloc(sizeof(*entry)), *first = *list;

	if (!entry)
		return false;
	entry->data = data;
	if (first) {
		entry->next = first;
		entry->prev = first->prev;
		first->prev->next = entry;
		first->prev = entry;
	} else {
		*list = entry->next = entry->prev = entry;
	}
	return true;
}

void list_free(struct kmod_list *list, void (*free_data)(void *data))
{
	struct kmod_list *entry = list;

	while (entry) {
		struct kmod_list *next = kmod_list_next(list, entry);

		free_data(entry->data);
		if (entry != list)
			free(entry);
		entry = next;
	}
	free(list);
}

API struct kmod_list *kmod_list_next(const struct kmod_list *list, const struct kmod_list *curr)
{
	return list && curr && curr->next != list ? curr->next : NULL;
}

API struct kmod_list *kmod_list_prev(const struct kmod_list *list, const struct kmod_list *curr)
{
	return list && curr && curr != list ? curr->prev : NULL;
}

API struct kmod_list *kmod_list_last(const struct kmod_list *list)
{
	return list ? list->prev : NULL;
}
